/** Commands whose needs the doctor can look at alone. */
export const DOCTOR_ROLES = ['web', 'worker', 'discord', 'slack'] as const;
export type DoctorRole = (typeof DOCTOR_ROLES)[number];
