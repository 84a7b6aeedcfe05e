namespace Hawser.Cli.Calls;

/// <summary>Sends the user's metadata with every call of a channel, so that questions about the method pass where the call itself would.</summary>
internal sealed class MetadataInterceptor(Metadata metadata) : IClientInterceptor
{
    public ValueTask<ClientCall> StartAsync(Method method, CallOptions options, ClientCallStarter next) =>
        next(method, options.Metadata is null ? options with { Metadata = metadata } : options);
}
