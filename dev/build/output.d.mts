export declare function place(path: string, content: string | Uint8Array, mode: number): Promise<void>;
