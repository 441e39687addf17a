import { describe, expect, it } from 'vitest';
import { selectDevice } from '../../../../inference/runtime/device.ts';

describe('selectDevice', () => {
  it('computes in f32 on the CPU', () => {
    expect(selectDevice('cpu', ['cpu', 'webgpu'])).toEqual({
      name: 'cpu',
      executionProviders: ['cpu'],
      computeType: 'f32',
    });
  });

  it('computes in bf16 on CUDA and leaves to the CPU what CUDA cannot do', () => {
    expect(selectDevice('cuda', ['cpu', 'cuda'])).toMatchObject({
      executionProviders: ['cuda', 'cpu'],
      computeType: 'bf16',
    });
  });

  it('names what there is instead of falling back', () => {
    expect(() => selectDevice('cuda', ['cpu', 'webgpu'])).toThrow(
      expect.objectContaining({
        code: 'DEVICE_UNAVAILABLE',
        message: expect.stringContaining('cpu, webgpu'),
      }),
    );
  });
});
