/** The one generator of seedrandom that is used; its type package describes only the package's main file. */
declare module "seedrandom/lib/alea.js" {
  interface Alea {
    (): number;
    int32(): number;
    double(): number;
  }
  export default function alea(seed: string): Alea;
}
