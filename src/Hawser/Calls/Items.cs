using System.Collections.Concurrent;

namespace Hawser;

/// <summary>What an application remembers of a call or a connection: at most one object of each type.</summary>
/// <remarks>Safe from any thread. Nothing in it is disposed, and nothing travels to the peer.</remarks>
public abstract class Items
{
    private readonly ConcurrentDictionary<Type, object> items = new();

    private protected Items()
    {
    }

    /// <summary>The object of a type; null when there is none.</summary>
    /// <typeparam name="T">The type it was added as.</typeparam>
    /// <returns>The object.</returns>
    public T? Get<T>()
        where T : class => items.TryGetValue(typeof(T), out var item) ? (T)item : null;

    /// <summary>The object of a type, which must be there.</summary>
    /// <typeparam name="T">The type it was added as.</typeparam>
    /// <returns>The object.</returns>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T GetRequired<T>()
        where T : class => Get<T>() ?? throw new InvalidOperationException(Missing(TypeNames.Of(typeof(T))));

    /// <summary>The object of a type, made when there is none.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="create">Makes it. Of several that run at once one wins, and all get its object.</param>
    /// <returns>The object.</returns>
    /// <exception cref="RpcException">What the items are of has ended.</exception>
    public T GetOrAdd<T>(Func<T> create)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(create);
        var item = (T)items.GetOrAdd(typeof(T), _ => create());
        ThrowIfOver();
        return item;
    }

    /// <summary>Adds an object, in place of the one of its type that was there.</summary>
    /// <typeparam name="T">The type it is found by.</typeparam>
    /// <param name="item">The object.</param>
    /// <exception cref="RpcException">What the items are of has ended.</exception>
    public void Set<T>(T item)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(item);
        items[typeof(T)] = item;
        ThrowIfOver();
    }

    /// <summary>Takes the object of a type away.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>Whether there was one.</returns>
    public bool Remove<T>()
        where T : class => items.TryRemove(typeof(T), out _);

    /// <summary>Says that there is no object of a type, and how to add one.</summary>
    private protected abstract string Missing(string type);

    /// <summary>Fails when there is nothing more to remember.</summary>
    private protected virtual void ThrowIfOver()
    {
    }

    private protected void Clear() => items.Clear();
}
