namespace Hawser;

/// <summary>Who is in a group. Not safe from several threads; a snapshot is never changed.</summary>
internal sealed class GroupMembers
{
    private readonly HashSet<Connection> members = new(ReferenceEqualityComparer.Instance);
    private Connection[]? snapshot;

    internal bool IsEmpty => members.Count == 0;

    internal bool Contains(Connection connection) => members.Contains(connection);

    internal bool Add(Connection connection)
    {
        if (!members.Add(connection))
            return false;
        snapshot = null;
        return true;
    }

    internal bool Remove(Connection connection)
    {
        if (!members.Remove(connection))
            return false;
        snapshot = null;
        return true;
    }

    /// <summary>The members, the same array until they change: a broadcast copies nothing.</summary>
    internal Connection[] Snapshot() => snapshot ??= [.. members];
}
