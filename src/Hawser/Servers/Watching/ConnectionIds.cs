using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>Numbers connections when they are first seen, for as long as they live.</summary>
internal sealed class ConnectionIds
{
    private readonly ConditionalWeakTable<Connection, object> ids = [];
    private long last;

    public long Of(Connection connection) => (long)ids.GetValue(connection, _ => Interlocked.Increment(ref last));
}
