using System.Globalization;

namespace Hawser.Grpc.Protocol;

/// <summary>Gathers a status and its metadata from trailers, or from the headers of an answer that has nothing else. A mutable structure: pass it by reference.</summary>
/// <param name="maxMetadataSize">The most that all of it may take (ConnectionLimits.MaxMetadataSize).</param>
internal struct StatusReader(int maxMetadataSize)
{
    private MetadataReader metadata = new(maxMetadataSize);
    private string? code;
    private string? message;
    private string? details;

    /// <summary>The metadata beside the status.</summary>
    public readonly Metadata Metadata => metadata.Metadata;

    /// <summary>Whether there was a status at all.</summary>
    public readonly bool HasStatus => code is not null;

    /// <summary>What the server said of another attempt, if anything.</summary>
    public string? Pushback { get; private set; }

    /// <summary>Takes one trailer.</summary>
    public void Add(string name, string value)
    {
        if (name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase))
            AddOwn(name, value);
        else
            metadata.Add(name, value);
    }

    /// <summary>What was gathered.</summary>
    /// <returns>The status; one that says what is wrong if something is; null when there was none.</returns>
    public readonly Status? ToStatus()
    {
        if (code is null)
            return metadata.Wrong;
        var number = uint.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : uint.MaxValue;
        var status = (StatusCode)Math.Min(number, int.MaxValue);
        if (status > StatusCode.Unauthenticated)
            return new Status(StatusCode.Unknown, $"The peer ended the call with the status '{code}', which gRPC does not have{Quoted()}.");

        if (metadata.Wrong is { Code: StatusCode.ResourceExhausted } tooLarge)
            return status == StatusCode.Ok ? tooLarge : new Status(tooLarge.Code, $"{tooLarge.Text} The call had ended with {status}{Quoted()}.");

        // A failure is told as it came even when its metadata cannot be read; a success that lost its metadata is none.
        if (status == StatusCode.Ok && metadata.Wrong is { } wrong)
            return wrong;
        if (status == StatusCode.Ok && message is null && details is null)
            return Status.Ok;
        var bytes = details is null ? [] : MetadataHeaders.TryDecode(details);
        return bytes is null
            ? new Status(StatusCode.Internal, $"The peer ended the call with {status}{Quoted()}, and '{HeaderNames.StatusDetails}' is not base64.")
            : new Status(status, Text(), bytes);
    }

    private void AddOwn(string name, string value)
    {
        if (!metadata.TryCount(name, value))
            return;
        if (name.Equals(HeaderNames.Status, StringComparison.OrdinalIgnoreCase))
            code ??= value;
        else if (name.Equals(HeaderNames.Message, StringComparison.OrdinalIgnoreCase))
            message ??= value;
        else if (name.Equals(HeaderNames.StatusDetails, StringComparison.OrdinalIgnoreCase))
            details ??= value;
        else if (name.Equals(HeaderNames.RetryPushback, StringComparison.OrdinalIgnoreCase))
            Pushback ??= value;
    }

    private readonly string Text() => message is null ? "" : PercentEncoding.Decode(message);

    private readonly string Quoted() => message is null ? "" : $" (\"{Text()}\")";
}
