#!/usr/bin/env node
// unique-ids: an id is the node's name, a number drawn at its start, and a count.
import { randomBytes } from "node:crypto";
import { Node } from "./maelstrom.js";

const node = new Node();
const start = randomBytes(8).toString("hex"); // a node that was killed does not repeat itself
let count = 0;

node.on("generate", () => ({ id: `${node.id}-${start}-${count++}` }));

node.run();
