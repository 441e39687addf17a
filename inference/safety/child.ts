import { openOnnxFile } from '../runtime/open-onnx-file.ts';
import { serveChild } from '../runtime/serve-child.ts';
import { classifierContract } from './classifier-contract.ts';
import { CLASSIFIER_INPUTS, CLASSIFIER_OUTPUTS, classifyPicture } from './classify-picture.ts';

// The entry of the forked process that says what pictures show.

serveChild(classifierContract, async ({ file, threads }) => {
  const session = await openOnnxFile(file, { inputs: CLASSIFIER_INPUTS, outputs: CLASSIFIER_OUTPUTS, threads });
  return ({ image }) => classifyPicture(session, image);
});
