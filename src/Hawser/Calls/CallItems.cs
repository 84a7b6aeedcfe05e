namespace Hawser;

/// <summary>What an application remembers of one call: at most one object of each type. An interceptor hands things to the handler by it.</summary>
/// <remarks>Safe from any thread. It is made when it is first asked for, and lives as long as the call. Nothing in it is disposed, and nothing travels to the peer.</remarks>
public sealed class CallItems
{
    private readonly Method method;
    private readonly Lock gate = new();
    private readonly Dictionary<Type, object> items = [];

    internal CallItems(Method method) => this.method = method;

    /// <summary>The object of a type; null when there is none.</summary>
    /// <typeparam name="T">The type it was added as.</typeparam>
    /// <returns>The object.</returns>
    public T? Get<T>()
        where T : class
    {
        lock (gate)
        {
            return items.TryGetValue(typeof(T), out var item) ? (T)item : null;
        }
    }

    /// <summary>The object of a type, which must be there.</summary>
    /// <typeparam name="T">The type it was added as.</typeparam>
    /// <returns>The object.</returns>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T GetRequired<T>()
        where T : class => Get<T>()
            ?? throw new InvalidOperationException($"The call of '{method}' has no item of the type '{TypeNames.Of(typeof(T))}'; add one by Items.Set, for instance in an interceptor.");

    /// <summary>Adds an object, in place of the one of its type that was there.</summary>
    /// <typeparam name="T">The type it is found by.</typeparam>
    /// <param name="item">The object.</param>
    public void Set<T>(T item)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (gate)
        {
            items[typeof(T)] = item;
        }
    }

    /// <summary>Takes the object of a type away.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>Whether there was one.</returns>
    public bool Remove<T>()
        where T : class
    {
        lock (gate)
        {
            return items.Remove(typeof(T));
        }
    }
}
