using System.Buffers;
using System.Runtime.InteropServices;

namespace Hawser.Conformance.Transports;

/// <summary>Memory that no array is behind.</summary>
internal sealed class NativeBuffer(int length) : MemoryManager<byte>
{
    private readonly IntPtr _start = Marshal.AllocHGlobal(length);

    public override unsafe Span<byte> GetSpan() => new((void*)_start, length);

    public override unsafe MemoryHandle Pin(int elementIndex = 0) => new((byte*)_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => Marshal.FreeHGlobal(_start);
}
