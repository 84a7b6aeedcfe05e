using System.Collections.Concurrent;

namespace Hawser;

/// <summary>The groups of a server's connections, by name: rooms, topics, teams.</summary>
/// <remarks>
/// Safe from any thread. A group is there while it has members, and costs nothing when it has none. A connection is in any number of groups, and leaves all of them by itself when it ends.
/// </remarks>
public sealed class ConnectionGroups
{
    // Names may be made up at run time: a program that sends ever new ones must not fill the memory.
    private const int MaxCachedMethods = 4096;

    private readonly Lock gate = new();
    private readonly Dictionary<string, GroupMembers> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<Connection, HashSet<string>> memberships = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<(string, Type, Type, bool), object> methods = new();
    private readonly Codec codec;

    internal ConnectionGroups(Codec codec) => this.codec = codec;

    /// <summary>The names of the groups that have members now.</summary>
    public IReadOnlyCollection<string> Names
    {
        get
        {
            lock (gate)
            {
                return [.. groups.Keys];
            }
        }
    }

    /// <summary>A group.</summary>
    /// <param name="name">Its name; case matters.</param>
    /// <returns>A handle on the group, whether it has members or not; may be kept.</returns>
    public ConnectionGroup this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            return new ConnectionGroup(this, name);
        }
    }

    /// <summary>The groups that a connection is in.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>Their names.</returns>
    public IReadOnlyCollection<string> Of(Connection connection)
    {
        lock (gate)
        {
            return memberships.TryGetValue(connection, out var joined) ? [.. joined] : [];
        }
    }

    internal bool Add(string name, Connection connection)
    {
        if (connection.CannotBeCalled is { } wrong)
            throw new ArgumentException($"{connection.RemoteAddress} cannot join the group '{name}': {wrong.Text}", nameof(connection));
        var isFirst = false;
        lock (gate)
        {
            if (connection.Closed.IsCancellationRequested)
                return false;
            ref var members = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(groups, name, out _);
            if (!(members ??= new GroupMembers()).Add(connection))
                return false;
            isFirst = !memberships.TryGetValue(connection, out var joined);
            if (isFirst)
                memberships.Add(connection, joined = new HashSet<string>(StringComparer.Ordinal));
            joined!.Add(name);
        }

        // Runs at once, here, when the connection has ended in between.
        if (isFirst)
            connection.Closed.UnsafeRegister(static state => ((Leaving)state!).Run(), new Leaving(this, connection));
        return true;
    }

    internal bool Remove(string name, Connection connection)
    {
        lock (gate)
        {
            if (!groups.TryGetValue(name, out var members) || !members.Remove(connection))
                return false;
            if (members.IsEmpty)
                groups.Remove(name);

            // The registration on the connection's end stays: it is one for all groups, and the next join would need it again.
            memberships[connection].Remove(name);
            return true;
        }
    }

    internal Connection[] MembersOf(string name)
    {
        lock (gate)
        {
            return groups.TryGetValue(name, out var members) ? members.Snapshot() : [];
        }
    }

    internal bool Contains(string name, Connection connection)
    {
        lock (gate)
        {
            return groups.TryGetValue(name, out var members) && members.Contains(connection);
        }
    }

    /// <summary>The method that is called on members, the same object each time so that connections announce it once.</summary>
    internal ClientMethod<TRequest, TReply> MethodOf<TRequest, TReply>(string fullName, bool isOneWay)
    {
        ArgumentNullException.ThrowIfNull(fullName);
        var key = (fullName, typeof(TRequest), typeof(TReply), isOneWay);
        if (methods.TryGetValue(key, out var known))
            return (ClientMethod<TRequest, TReply>)known;
        var shape = isOneWay ? ClientMethodShape.OneWay<TRequest>() : ClientMethodShape.Unary<TRequest, TReply>();
        var made = new ClientMethod<TRequest, TReply>(codec, fullName, shape);
        return methods.Count < MaxCachedMethods ? (ClientMethod<TRequest, TReply>)methods.GetOrAdd(key, made) : made;
    }

    private void LeaveAll(Connection connection)
    {
        lock (gate)
        {
            if (!memberships.Remove(connection, out var joined))
                return;
            foreach (var name in joined)
            {
                var members = groups[name];
                members.Remove(connection);
                if (members.IsEmpty)
                    groups.Remove(name);
            }
        }
    }

    private sealed record Leaving(ConnectionGroups Groups, Connection Connection)
    {
        internal void Run() => Groups.LeaveAll(Connection);
    }
}
