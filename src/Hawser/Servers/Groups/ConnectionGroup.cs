using System.Buffers;

namespace Hawser;

/// <summary>A named group of a server's connections: who is in it, and what is sent to all of them.</summary>
/// <remarks>A handle: it may be kept, copied and used from any thread, also while the group has no members.</remarks>
public sealed class ConnectionGroup
{
    private readonly ConnectionGroups groups;

    internal ConnectionGroup(ConnectionGroups groups, string name)
    {
        this.groups = groups;
        Name = name;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The members now, in no order: a snapshot.</summary>
    public IReadOnlyList<Connection> Members => groups.MembersOf(Name);

    /// <summary>Has a connection join. It leaves by itself when it ends.</summary>
    /// <param name="connection">The connection; may still be opening.</param>
    /// <returns>False when it is a member already, or has ended.</returns>
    /// <exception cref="ArgumentException">Its wire knows no calls from the server (gRPC).</exception>
    public bool Add(Connection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return groups.Add(Name, connection);
    }

    /// <summary>Has a connection leave. What is queued for it is still sent.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>Whether it was a member.</returns>
    public bool Remove(Connection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return groups.Remove(Name, connection);
    }

    /// <summary>Whether a connection is a member.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>Whether it is.</returns>
    public bool Contains(Connection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return groups.Contains(Name, connection);
    }

    /// <summary>Sends a notification to every member, through its outbox. The message is encoded once for all.</summary>
    /// <typeparam name="TRequest">The message's type; <see cref="Empty"/> for none.</typeparam>
    /// <param name="method">The full name of a one-way method.</param>
    /// <param name="message">The message; encoded before this returns.</param>
    /// <param name="options">The policy towards slow members, the key, cancellation. A <see cref="SlowClientPolicy"/> will do.</param>
    /// <param name="except">A member that gets nothing: the sender, for instance.</param>
    /// <returns>
    /// How many members it was sent to, queued for, or dropped at by policy: those that ended meanwhile, and those for whom too many pushes wait already, are not counted. The task is done at once,
    /// unless the policy is <see cref="SlowClientPolicy.Wait"/> and members are slow: the others have theirs by then.
    /// </returns>
    /// <remarks>Broadcasts that one caller makes one after the other reach each member in that order, at most once each.</remarks>
    /// <exception cref="OperationCanceledException">The options' token fired while members had no room; others have got it.</exception>
    public async ValueTask<int> PushAsync<TRequest>(string method, TRequest message, PushOptions options = default, Connection? except = null)
    {
        var members = groups.MembersOf(Name);
        if (members.Length == 0)
            return 0;
        var target = groups.MethodOf<TRequest, Empty>(method, isOneWay: true);
        var encoded = PushedMessage.Encode(target.RequestCodec, message);
        var count = 0;
        List<Task<Status>>? waiting = null;
        foreach (var member in members)
        {
            if (ReferenceEquals(member, except))
                continue;
            var push = member.Outbox.PushAsync(target, encoded, options);
            if (!push.IsCompletedSuccessfully)
                (waiting ??= []).Add(push.AsTask());
            else if (push.Result.IsOk)
                count++;
        }

        if (waiting is not null)
            count += (await Task.WhenAll(waiting).ConfigureAwait(false)).Count(static status => status.IsOk);
        return count;
    }

    /// <summary>Calls every member, and gathers what they answer within a time. The request is encoded once for all.</summary>
    /// <typeparam name="TRequest">The request's type; <see cref="Empty"/> for none.</typeparam>
    /// <typeparam name="TReply">The reply's type; <see cref="Empty"/> for none.</typeparam>
    /// <param name="method">The full name of a unary method.</param>
    /// <param name="request">The request.</param>
    /// <param name="timeout">How long each member may take.</param>
    /// <param name="cancellationToken">Gives all calls up.</param>
    /// <returns>One entry for each member, whether it answered or not. No member's failure is thrown.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    /// <remarks>One chosen member is called by the methods of <see cref="Connection"/> itself.</remarks>
    public async Task<IReadOnlyList<MemberReply<TReply>>> CallAsync<TRequest, TReply>(
        string method, TRequest request, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var members = groups.MembersOf(Name);
        var target = groups.MethodOf<TRequest, TReply>(method, isOneWay: false);
        var encoded = PushedMessage.Encode(target.RequestCodec, request);
        var options = new CallOptions { Timeout = timeout, CancellationToken = cancellationToken };
        return await Task.WhenAll(members.Select(member => CallAsync<TReply>(member, target, encoded, typeof(TRequest) != typeof(Empty), options))).ConfigureAwait(false);
    }

    private static async Task<MemberReply<TReply>> CallAsync<TReply>(
        Connection member, ReplyDecoder<TReply> target, ReadOnlyMemory<byte> request, bool hasRequest, CallOptions options)
    {
        var reply = UnaryReply<TReply>.Rent(target, options);
        var pending = reply.Started.Reply;
        member.StartUnary(target.Method, options, new ReadOnlySequence<byte>(request), hasRequest, reply);
        try
        {
            return new MemberReply<TReply>(member, Status.Ok, await pending.ConfigureAwait(false));
        }
        catch (RpcException exception)
        {
            return new MemberReply<TReply>(member, exception.Status, default);
        }
    }
}
