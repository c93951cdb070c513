/** Asks eddy: a request, its answer. What is refused throws the sentence that says why. */
export type Ask = <Answer>(request: object) => Promise<Answer>;

/** Eddy answers behind the page's server, or, in a page that was exported, in a Web Worker beside it. */
export function transport(): Ask {
  const send = document.documentElement.dataset.transport === "worker" ? toWorker() : toServer;
  return async <Answer>(request: object) => {
    const answer = JSON.parse(await send(JSON.stringify(request))) as Answer & { error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  };
}

async function toServer(request: string): Promise<string> {
  const answer = await fetch("ask", { method: "POST", body: request, headers: { "Content-Type": "application/json" } }).catch(() => {
    throw new Error("Eddy does not answer: start eddy play again, and open the address that it prints.");
  });
  const text = await answer.text();
  if (!answer.ok && !text.startsWith("{")) throw new Error(text.trim() || `Eddy answers ${answer.status}: open the address that eddy play prints.`);
  return text;
}

/** What the worker says: the answer to a request, or why it cannot answer any. */
export type Said = { number: number; answer: string } | { broken: string };

function toWorker(): (request: string) => Promise<string> {
  const waiting = new Map<number, { done(answer: string): void; refused(why: Error): void }>();
  let broken = "";
  let last = 0;
  const breaks = (why: string) => {
    broken = `${why} The page needs a server of files, such as python3 -m http.server, and a browser with WebAssembly.`;
    for (const { refused } of waiting.values()) refused(new Error(broken));
    waiting.clear();
  };
  const worker = new Worker("worker.js");
  worker.onerror = (e) => breaks(`The simulator does not start: ${e.message || "worker.js cannot be loaded"}.`);
  worker.onmessage = (e: MessageEvent<Said>) => {
    if ("broken" in e.data) return breaks(e.data.broken);
    waiting.get(e.data.number)?.done(e.data.answer);
    waiting.delete(e.data.number);
  };
  return (request) => new Promise((done, refused) => {
    if (broken) return refused(new Error(broken));
    waiting.set(++last, { done, refused });
    worker.postMessage({ number: last, request });
  });
}
