using System.Text.Json;

namespace Hawser.Node.Quickstart;

/// <summary>Asks <c>Quickstart/Count</c> to count.</summary>
/// <param name="To">The last number, 0…<see cref="QuickstartLimits.MaxCount"/>.</param>
public sealed record CountRequest(long To);

/// <summary>A number: a message of <c>Quickstart/Count</c>, or to <c>Quickstart/Sum</c>.</summary>
/// <param name="Value">The number.</param>
public sealed record Number(long Value);

/// <summary>What <c>Quickstart/Sum</c> answers.</summary>
/// <param name="Total">The sum of all numbers.</param>
public sealed record SumReply(long Total);

/// <summary>What <c>Quickstart/Upload</c> answers.</summary>
/// <param name="Bytes">How many octets came.</param>
/// <param name="Crc32c">Their CRC-32C, eight lower-case hexadecimal digits.</param>
public sealed record UploadReply(long Bytes, string Crc32c);

/// <summary>Asks <c>Quickstart/Download</c> for octets.</summary>
/// <param name="Bytes">How many, 0…<see cref="QuickstartLimits.MaxDownloadBytes"/>.</param>
public sealed record DownloadRequest(long Bytes);

/// <summary>Asks <c>Quickstart/Flood</c> for messages.</summary>
/// <param name="Messages">How many, 0…<see cref="QuickstartLimits.MaxFloodMessages"/>.</param>
/// <param name="Bytes">The size of each, 0…<see cref="QuickstartLimits.MaxFloodMessageBytes"/>.</param>
public sealed record FloodRequest(long Messages, int Bytes);

/// <summary>Asks <c>Quickstart/Fail</c> for a status.</summary>
/// <param name="Code">The status's number, 0…16.</param>
/// <param name="Text">The status's text, at most <see cref="QuickstartLimits.MaxFailTextLength"/> characters.</param>
/// <param name="Reason">When it is not empty, the status has details: a <c>google.rpc.ErrorInfo</c> with this reason. At most <see cref="QuickstartLimits.MaxFailTextLength"/> characters.</param>
public sealed record FailRequest(int Code, string? Text = null, string? Reason = null);

/// <summary>Asks <c>Quickstart/CallMeBack</c> to call its caller.</summary>
/// <param name="Method">The unary method to call on the caller; <c>Client/Hello</c> by default.</param>
/// <param name="Message">What to send to it; an empty object by default.</param>
public sealed record CallMeBackRequest(string? Method = null, JsonElement? Message = null);
