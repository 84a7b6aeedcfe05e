using System.Runtime.InteropServices;

namespace Hawser.Bench.Life.Soak;

/// <summary>What the process held at one moment.</summary>
/// <param name="Seconds">Since the beginning.</param>
/// <param name="Resident">Resident memory, MiB.</param>
/// <param name="Heap">What was alive on the managed heap after the last full collection, MiB.</param>
/// <param name="Descriptors">Open descriptors; 0 where the system does not tell.</param>
/// <param name="Threads">Threads.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessSample(double Seconds, double Resident, double Heap, int Descriptors, int Threads);
