/** Who the provider knows. They have no passwords: whoever reaches the login page chooses who to be. */
export interface User {
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
}

export const users: readonly User[] = [
  { login: 'mira', name: 'Mira Holt', email: 'mira@example.net', groups: ['castellan-approvers', 'household'] },
  { login: 'jonas', name: 'Jonas Holt', email: 'jonas@example.net', groups: ['household'] },
];

export function userNamed(login: unknown): User | undefined {
  return users.find((user) => user.login === login);
}
