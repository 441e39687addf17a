/** Why a request is not answered with pictures, in the terms of OpenAI's API. */
export interface ApiProblem {
  readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 502 | 503;
  readonly type: 'invalid_request_error' | 'authentication_error' | 'permission_error' | 'requests' | 'server_error';
  readonly code: string;
  /** The parameter that is wrong, where it is one. */
  readonly param: string | null;
  readonly message: string;
  /** When it may work. Official clients send a request again by themselves; without this they are told not to. */
  readonly retryAfterSeconds?: number;
  /** False although it may work later: too late for a client that waits. */
  readonly mayRetry?: boolean;
}

/** A problem that is thrown to the end of the request. Its words are for programmers and, unlike a chat's, not translated. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/** A parameter that cannot be used as it is. */
export function invalidParameter(param: string | null, code: string, message: string): ApiError {
  return new ApiError({ status: 400, type: 'invalid_request_error', code, param, message });
}

export function notFound(message: string): ApiError {
  return new ApiError({ status: 404, type: 'invalid_request_error', code: 'not_found', param: null, message });
}
