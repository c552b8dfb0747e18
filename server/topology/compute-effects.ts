/** Effects of faults on processors, memory, descriptors and volumes. Those of a service narrow by the fault's scope. */
export type ComputeEffect =
  /** Containers of the service may use so many cores' time a period, on `parallel` cores at once. */
  | {
      readonly kind: "cpu-quota";
      readonly service: string;
      readonly cores: number;
      readonly periodUs: number;
      readonly parallel: number;
    }
  /** Something that is none of ours wants so many cores of a node. */
  | { readonly kind: "node-load"; readonly node: string; readonly cores: number }
  /** Memory that is never given back. */
  | {
      readonly kind: "memory-leak";
      readonly service: string;
      readonly bytesPerRequest: number;
      readonly bytesPerSecond: number;
    }
  /** A share of the heap stays in use, and requests allocate so many times what they usually do. */
  | {
      readonly kind: "heap-pressure";
      readonly service: string;
      readonly retainedShare: number;
      readonly allocationFactor: number;
    }
  | { readonly kind: "descriptor-leak"; readonly service: string; readonly perSecond: number }
  /** Something fills the volumes of a service's instances, or that of a database. */
  | { readonly kind: "volume-fill"; readonly component: string; readonly bytesPerSecond: number };
