namespace Hawser;

/// <summary>What an application remembers of one call: at most one object of each type. An interceptor hands things to the handler by it.</summary>
/// <remarks>Safe from any thread. It is made when it is first asked for, and lives as long as the call. Nothing in it is disposed, and nothing travels to the peer.</remarks>
public sealed class CallItems : Items
{
    private readonly Method method;

    internal CallItems(Method method) => this.method = method;

    private protected override string Missing(string type) =>
        $"The call of '{method}' has no item of the type '{type}'; add one by Items.Set, for instance in an interceptor.";
}
