using System.Collections.Concurrent;

namespace Hawser;

public abstract partial class CallInvoker
{
    // Names may be made up at run time: a program that calls ever new ones must not fill the memory.
    private const int MaxCachedMethods = 4096;

    private readonly ConcurrentDictionary<MethodKey, object> methods = new();
    private int cachedMethods;

    private protected ClientMethod<TRequest, TReply> GetMethod<TRequest, TReply>(string fullName, ClientMethodShape shape)
    {
        ArgumentNullException.ThrowIfNull(fullName);
        var key = new MethodKey(fullName, typeof(TRequest), typeof(TReply), shape);
        return methods.TryGetValue(key, out var known) ? (ClientMethod<TRequest, TReply>)known : AddMethod<TRequest, TReply>(key);
    }

    private ClientMethod<TRequest, TReply> AddMethod<TRequest, TReply>(MethodKey key)
    {
        var method = new ClientMethod<TRequest, TReply>(Codec, key.FullName, key.Shape);
        if (Volatile.Read(ref cachedMethods) >= MaxCachedMethods)
            return method;
        var cached = methods.GetOrAdd(key, method);
        if (ReferenceEquals(cached, method))
            Interlocked.Increment(ref cachedMethods);
        return (ClientMethod<TRequest, TReply>)cached;
    }

    private readonly record struct MethodKey(string FullName, Type Request, Type Reply, ClientMethodShape Shape)
    {
        public bool Equals(MethodKey other) =>
            ReferenceEquals(Request, other.Request) && ReferenceEquals(Reply, other.Reply) && Shape == other.Shape
            && string.Equals(FullName, other.FullName, StringComparison.Ordinal);

        public override int GetHashCode() => FullName.GetHashCode(StringComparison.Ordinal) ^ Request.GetHashCode() ^ (Reply.GetHashCode() * 31);
    }
}
