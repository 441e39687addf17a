import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/**
 * Says at the end which suites were skipped and why, then `N passed, N failed` alone on the last line. Where CI is set, a
 * skipped test fails the run: everything that tests look for is installed there.
 */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[], reason: string): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = suites.filter((suite) => suite.errors().length > 0).length;
    const failed = tests.filter((test) => test.result().state === 'failed').length + broken + unhandled.length;
    const skipped = skippedSuites(tests);
    for (const [suite, why] of skipped) process.stdout.write(`skipped  ${suite}: ${why}\n`);
    const isCi = (process.env['CI'] ?? '') !== '';
    const isIncomplete = tests.length === 0 || reason === 'interrupted' || (isCi && skipped.size > 0);
    if (isIncomplete) process.exitCode = 1;
    if (isCi && skipped.size > 0) process.stdout.write('Skipped tests fail the run where CI is set.\n');
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
  }
}

function skippedSuites(tests: readonly TestCase[]): ReadonlyMap<string, string> {
  const skipped = tests.filter((test) => ['skipped', 'pending'].includes(test.result().state));
  return new Map(skipped.map((test) => describeSkipped(test)));
}

/** The outermost suite that says what is missing; else the test itself, with its note. */
function describeSkipped(test: TestCase): [string, string] {
  const file = test.module.relativeModuleId;
  const suite = suitesOf(test).findLast((each) => each.meta().missing !== undefined || each.errors().length > 0);
  if (suite !== undefined) return [`${file} > ${suite.fullName}`, suite.meta().missing ?? 'its set-up failed'];
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return [`${file} > ${test.fullName}`, note ?? 'no reason given'];
}

/** From the innermost outwards. */
function suitesOf(test: TestCase): readonly TestSuite[] {
  const suites: TestSuite[] = [];
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) suites.push(parent);
  return suites;
}
