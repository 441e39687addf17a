import { Argument, type Command } from 'commander';
import { DOCTOR_ROLES, type DoctorRole } from '../doctor-roles.ts';
import type { Session } from '../session.ts';

export function addDoctor(program: Command, session: Session): void {
  program
    .command('doctor')
    .description('check what Easel needs here and say how to mend it; exit code 2 when something is wrong')
    .addArgument(new Argument('[command]', 'only what this command needs').choices(DOCTOR_ROLES))
    .option('--json', 'print the findings as JSON')
    .action(async (role: DoctorRole | undefined, { json }: { readonly json?: boolean }) => {
      const { doctor } = await import('../doctor.ts');
      session.exitCode = await doctor({ json: json === true, role }, session.io);
    });
}
