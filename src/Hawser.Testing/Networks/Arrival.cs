using System.Runtime.InteropServices;

namespace Hawser.Testing;

/// <summary>What has been taken off a lane.</summary>
/// <param name="Count">The number of bytes; 0 is the end.</param>
/// <param name="IsLast">Whether a cut that was asked for comes after these bytes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Arrival(int Count, bool IsLast);
