using System.Net.Http.Headers;
using System.Text;

namespace Hawser.Grpc.Tests.Server.Support;

/// <summary>A whole response as it came.</summary>
internal sealed class GrpcReply
{
    private readonly Dictionary<string, string[]> headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string[]> trailers = new(StringComparer.OrdinalIgnoreCase);

    private GrpcReply(HttpResponseMessage response, byte[] body)
    {
        HttpStatus = (int)response.StatusCode;
        Body = body;
        Gather(response.Headers, headers);
        Gather(response.Content.Headers, headers);
        Gather(response.TrailingHeaders, trailers);
    }

    public int HttpStatus { get; }

    public byte[] Body { get; }

    /// <summary>Whether the status stands in the headers, as it does where there is nothing else.</summary>
    public bool IsTrailersOnly => headers.ContainsKey("grpc-status");

    public IReadOnlyList<(byte Flag, byte[] Bytes)> Messages => GrpcBody.Read(Body);

    public string Text => Encoding.UTF8.GetString(Assert.Single(Messages).Bytes);

    public StatusCode Code => (StatusCode)int.Parse(Status("grpc-status") ?? throw new InvalidOperationException($"There is no grpc-status; HTTP status {HttpStatus}."));

    public string? RawMessage => Status("grpc-message");

    public string Message => Uri.UnescapeDataString(RawMessage ?? "");

    public static async Task<GrpcReply> ReadAsync(HttpResponseMessage response) =>
        new(response, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

    public string? Header(string name) => headers.TryGetValue(name, out var values) ? string.Join(',', values) : null;

    public string? Trailer(string name) => trailers.TryGetValue(name, out var values) ? string.Join(',', values) : null;

    private static void Gather(HttpHeaders source, Dictionary<string, string[]> target)
    {
        foreach (var (name, values) in source.NonValidated)
            target[name] = [.. values];
    }

    private string? Status(string name) => IsTrailersOnly ? Header(name) : Trailer(name);
}
