declare module '*.yml' {
  const data: import('../data.ts').DataMapping;
  export default data;
}
