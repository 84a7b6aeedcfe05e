using System.Runtime.InteropServices;

namespace Hawser.Testing;

/// <summary>Bytes that travel together.</summary>
/// <param name="Array">Holds them from its beginning; of the shared pool.</param>
/// <param name="Length">Their number.</param>
/// <param name="Due">When they arrive, in the network's time.</param>
/// <param name="Cut">What is thrown in place of an end.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Packet(byte[] Array, int Length, TimeSpan Due, Exception? Cut);
