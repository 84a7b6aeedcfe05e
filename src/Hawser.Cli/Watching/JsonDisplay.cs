using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hawser.Cli.Watching;

/// <summary>Shows each snapshot, and each loss of the node, as one JSON object on a line of its own: for programs.</summary>
internal sealed class JsonDisplay(LineOutput output) : IWatchDisplay
{
    private static readonly JsonSerializerOptions Lines = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void ShowSnapshot(ServerSnapshot snapshot)
    {
        var line = JsonSerializer.SerializeToNode(snapshot, Lines)!.AsObject();
        line.Insert(0, "state", "ready");
        output.WriteLine(line.ToJsonString(Lines));
    }

    public void ShowWaiting(string state, ChannelState channel, string reason) =>
        output.WriteLine(new JsonObject { ["state"] = state, ["channel"] = WatchFormat.State(channel), ["reason"] = reason }.ToJsonString(Lines));
}
