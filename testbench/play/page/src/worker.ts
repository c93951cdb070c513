// Eddy in a Web Worker: it loads the simulator, and answers one request after the other.
import type { Said } from "./transport";

interface Scope {
  importScripts(name: string): void;
  postMessage(said: Said): void;
  onmessage: (e: MessageEvent<{ number: number; request: string }>) => void;
  Go: new () => { importObject: WebAssembly.Imports; run(instance: WebAssembly.Instance): Promise<void> }; // of wasm_exec.js
  eddyReady(): void; // eddy.wasm calls it once it can answer
  eddyAnswer(request: string): string; // that eddy.wasm sets
}

const scope = globalThis as unknown as Scope;

const ready = new Promise<void>((done) => {
  scope.eddyReady = done;
});

scope.onmessage = async (e) => {
  await ready;
  scope.postMessage({ number: e.data.number, answer: scope.eddyAnswer(e.data.request) });
};

async function start(): Promise<void> {
  scope.importScripts("wasm_exec.js");
  const go = new scope.Go();
  const file = await fetch("eddy.wasm");
  if (!file.ok) throw new Error(`eddy.wasm cannot be loaded: ${file.status}`);
  // Compiled while it loads, where the server says what it is.
  const streams = file.headers.get("Content-Type") === "application/wasm";
  const program = streams ? await WebAssembly.compileStreaming(file) : await WebAssembly.compile(await file.arrayBuffer());
  await go.run(await WebAssembly.instantiate(program, go.importObject));
  throw new Error("eddy.wasm has ended");
}

start().catch((why: Error) => scope.postMessage({ broken: `The simulator does not run: ${why.message}.` }));
