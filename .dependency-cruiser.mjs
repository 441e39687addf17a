// Who may import what. `npm run architecture`; test/repo/architecture.test.ts proves that it reads modules and finds violations.

/** One third-party package (or several) that a single place knows. */
function onlyIn(name, packages, places) {
  return {
    name,
    severity: 'error',
    from: { pathNot: [...places, '^test/', '^bench/'] },
    to: { path: `node_modules/(${packages})(/|$)` },
  };
}

/** A folder that imports, of ours, itself and the named paths only. */
function imports(name, folder, allowed) {
  return {
    name,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: { path: '^(core|inference|queue|prompts|bots|cli|bench|test)/', pathNot: [`^${folder}/`, ...allowed] },
  };
}

export default {
  forbidden: [
    imports('core-imports-nothing-of-ours', 'core', []),
    imports('inference-imports-nothing-of-ours', 'inference', []),
    imports('prompts-import-nothing-of-ours', 'prompts', []),
    imports('queue-imports-core-and-the-index-of-inference', 'queue', ['^core/', '^inference/index\\.ts$']),
    imports('bots-import-core', 'bots', ['^core/', '^bots/']),
    {
      name: 'bots-do-not-meet',
      severity: 'error',
      from: { path: '^bots/([^/]+)/' },
      to: { path: '^bots/', pathNot: ['^bots/$1/', '^bots/shared/'] },
    },
    {
      name: 'shared-by-bots-knows-no-bot',
      severity: 'error',
      from: { path: '^bots/shared/' },
      to: { path: '^bots/', pathNot: ['^bots/shared/'] },
    },
    {
      name: 'the-page-knows-the-protocol-only',
      comment: 'What runs in the browser may not pull in the server.',
      severity: 'error',
      from: { path: '^bots/web/client/' },
      to: { path: '^(bots|core)/', pathNot: ['^bots/web/client/', '^bots/web/protocol\\.ts$'] },
    },
    {
      name: 'inference-is-entered-by-its-index',
      severity: 'error',
      from: { pathNot: ['^inference/', '^test/', '^bench/'] },
      to: { path: '^inference/', pathNot: ['^inference/index\\.ts$'] },
    },
    {
      name: 'nobody-imports-the-commands',
      comment: 'A benchmark of the product opens what reads requests and makes pictures as the commands do.',
      severity: 'error',
      from: { pathNot: ['^cli/', '^test/', '^bench/'] },
      to: { path: '^cli/' },
    },
    {
      name: 'nobody-imports-a-main',
      severity: 'error',
      from: {},
      to: { path: '(^|/)main\\.ts$', pathNot: ['^bots/web/client/'] },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: ['^test/', '^bench/', '^vitest\\.config\\.ts$'] },
      to: { path: '^(test|bench)/' },
    },
    onlyIn('only-queue-knows-its-servers', 'bullmq|ioredis|pg|@electric-sql/pglite', ['^queue/']),
    onlyIn('only-runtime-knows-onnxruntime', 'onnxruntime-node|onnxruntime-common', ['^inference/runtime/']),
    onlyIn('only-image-knows-sharp', 'sharp', ['^inference/image/']),
    onlyIn('only-vlm-knows-chat-templates', '@huggingface/jinja', ['^inference/vlm/']),
    onlyIn('only-discord-knows-discord', 'discord\\.js|@discordjs', ['^bots/discord/']),
    onlyIn('only-slack-knows-slack', '@slack', ['^bots/slack/']),
    onlyIn('only-web-knows-http', 'hono|@hono|preact|vite', ['^bots/(web|http-api)/', '^vitest\\.config\\.ts$']),
    onlyIn('only-chat-models-know-langchain', 'langchain|@langchain', ['^prompts/chat-models/']),
    onlyIn('only-the-logger-knows-pino', 'pino', ['^core/logger\\.ts$']),
    onlyIn('only-cli-knows-commander', 'commander', ['^cli/']),
    onlyIn('only-setup-knows-clack', '@clack', ['^cli/setup/']),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'imports-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'product-has-no-development-dependency',
      severity: 'error',
      from: { path: '^(core|inference|queue|prompts|bots|cli)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.[^./][^/]*|training|models|docs)/|^bots/web/client/dist/|^bench/out/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
