namespace Hawser.Interop.Server;

/// <summary>The pause that a client wants before a response.</summary>
internal static class Interval
{
    public static Task PassAsync(ResponseParameters wanted, CancellationToken cancellationToken) =>
        wanted.IntervalUs > 0 ? Task.Delay(TimeSpan.FromMicroseconds(wanted.IntervalUs), cancellationToken) : Task.CompletedTask;
}
