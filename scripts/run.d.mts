/** Whether node_modules holds what the lock file says; packages for other systems may be absent. */
export function isInstalled(dir: string): boolean;
