namespace Hawser.Node.Quickstart;

/// <summary>How much of a node one call of the quickstart service may use. What a caller asks for beyond is refused with a status that names the limit.</summary>
public static class QuickstartLimits
{
    /// <summary>The highest number that <c>Quickstart/Count</c> counts to.</summary>
    public const long MaxCount = 1_000_000_000;

    /// <summary>How many octets <c>Quickstart/Download</c> gives: 1 TiB.</summary>
    public const long MaxDownloadBytes = 1L << 40;

    /// <summary>How many messages <c>Quickstart/Flood</c> sends.</summary>
    public const long MaxFloodMessages = 1_000_000_000;

    /// <summary>The largest message that <c>Quickstart/Flood</c> sends, in bytes.</summary>
    public const int MaxFloodMessageBytes = OctetPattern.BlockLength;

    /// <summary>The longest text that <c>Quickstart/Fail</c> repeats, in characters.</summary>
    public const int MaxFailTextLength = 1000;

    /// <summary>How long <c>Quickstart/CallMeBack</c> waits for its caller's answer: 30 s.</summary>
    public static readonly TimeSpan CallBackTimeout = TimeSpan.FromSeconds(30);

    internal static void Check(string what, long value, long limit)
    {
        if (value < 0 || value > limit)
            throw new RpcException(StatusCode.OutOfRange, $"'{what}' is {value}; this service allows 0…{limit}.");
    }
}
