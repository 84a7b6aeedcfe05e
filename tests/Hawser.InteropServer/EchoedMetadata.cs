namespace Hawser.Interop.Server;

/// <summary>What a client sends in order to get it back.</summary>
internal static class EchoedMetadata
{
    /// <summary>The response headers; null when the client asked for none.</summary>
    public static Metadata? Headers(Metadata received) =>
        received[TestService.EchoInitial] is { } value ? new Metadata().Add(TestService.EchoInitial, value) : null;

    public static void AddTrailers(Metadata received, Metadata trailers)
    {
        foreach (var entry in received)
        {
            if (entry.Key == TestService.EchoTrailing)
                trailers.Add(entry.Key, entry.Bytes);
        }
    }
}
