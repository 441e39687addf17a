import { AwsClient } from 'aws4fetch';
import { findProgram } from './find-program.ts';
import { freePort, spawnServer } from './spawn-server.ts';

export interface S3Server {
  readonly endpoint: string;
  readonly credentials: Readonly<Record<string, string>>;
  createBucket(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** moto, an S3 server that knows nothing of us: `pip install 'moto[server]'`. */
export const s3Program = findProgram('moto_server', (process.env['TEST_PYTHON_BIN'] ?? '').split(':'));

export async function startS3(): Promise<S3Server> {
  if ('missing' in s3Program) throw new Error(s3Program.missing);
  const port = await freePort();
  const server = await spawnServer(s3Program.program, ['-H', '127.0.0.1', '-p', String(port)], /Running on/);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new AwsClient({ accessKeyId: 'test', secretAccessKey: 'test', service: 's3', region: 'us-east-1' });
  return {
    endpoint,
    credentials: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL_S3: endpoint },
    async createBucket(name) {
      const response = await client.fetch(`${endpoint}/${name}`, { method: 'PUT' });
      if (!response.ok) throw new Error(`the bucket could not be made: ${response.status}`);
    },
    stop: () => server.kill('SIGKILL'),
  };
}
