using System.Text.Json;

namespace Hawser.Cli.Calls;

/// <summary>What a node may call on <c>hawser call</c>, so that calling back can be seen: <c>Client/Hello</c>.</summary>
internal static class ClientService
{
    public static void MapTo(EndpointRegistry endpoints) => endpoints.Map("Client/Hello", (JsonElement message) => new Greeting("hello from hawser call", message));

    internal sealed record Greeting(string Text, JsonElement Message);
}
