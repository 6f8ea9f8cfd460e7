/** Whether the way there is private: encrypted, to this machine itself, or inside Fly's own network. */
export function isPrivateWay({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' || /^(?:localhost|127\.[0-9.]+|\[::1\]|.+\.(?:internal|flycast))$/.test(hostname)
  );
}
