#!/usr/bin/env node
// echo: answers with what it is sent.
import { Node } from "./maelstrom.js";

const node = new Node();

node.on("echo", (body) => ({ echo: body.echo }));

node.run();
