namespace Hawser;

/// <summary>What an application remembers of one connection: at most one object of each type.</summary>
/// <remarks>
/// Safe from any thread. Nothing is disposed: do that in <see cref="HawserServerOptions.ConnectionClosed"/>, which still finds everything here. Afterwards it is empty, and adding to it
/// fails as every use of an ended connection does.
/// </remarks>
public sealed class ConnectionItems : Items
{
    private readonly Connection connection;
    private volatile bool isOver;

    internal ConnectionItems(Connection connection) => this.connection = connection;

    internal void End()
    {
        isOver = true;
        Clear();
    }

    private protected override string Missing(string type) =>
        $"The connection to {connection.RemoteAddress} has no item of the type '{type}'; add one by Items.Set, for instance in HawserServerOptions.ConnectionOpening.";

    private protected override void ThrowIfOver()
    {
        if (!isOver)
            return;
        Clear();
        throw connection.NotOpenFailure();
    }
}
