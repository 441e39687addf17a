import { register } from 'node:module';

// For `node --import`: a process in which the engine's library does not exist, as in the image of the bots.
const hook = `export async function resolve(specifier, context, next) {
  if (!/^onnxruntime-(node|common)/.test(specifier)) return next(specifier, context);
  throw Object.assign(new Error('Cannot find package ' + specifier), { code: 'ERR_MODULE_NOT_FOUND' });
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
