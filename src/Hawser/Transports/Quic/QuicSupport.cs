using System.Net.Quic;

namespace Hawser.Transports;

/// <summary>Whether this machine can speak QUIC, and if not, what to install.</summary>
/// <param name="isSupported">Whether the native library was found and can be used.</param>
/// <param name="remedy">What to do where it is not.</param>
internal sealed class QuicSupport(Func<bool> isSupported, string remedy)
{
    /// <summary>This machine's.</summary>
    public static QuicSupport OfThisMachine { get; } = new(IsPresent, QuicRemedy.OfThisMachine());

    /// <summary>Whether QUIC can be spoken.</summary>
    public bool IsSupported => isSupported();

    /// <exception cref="TransportNotSupportedException">QUIC cannot be spoken; the text says what to do.</exception>
    public void Require(string address)
    {
        if (!IsSupported)
            throw Missing(address);
    }

    public TransportNotSupportedException Missing(string address) => new($"{address} needs QUIC, which this machine lacks: {remedy}.");

    private static bool IsPresent() =>
        (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsWindows()) && QuicListener.IsSupported;
}
