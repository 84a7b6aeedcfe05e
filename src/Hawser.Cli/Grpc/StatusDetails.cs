using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>The details of a status, <c>google.rpc.Status</c>, in lines for people.</summary>
/// <remarks>Source: google/rpc/error_details.proto, whose types are shown in words; others are shown as JSON where the schema has them.</remarks>
internal static class StatusDetails
{
    /// <summary>Describes details.</summary>
    /// <param name="details">An encoded <c>google.rpc.Status</c>.</param>
    /// <param name="types">Where other types are looked for; null for nowhere.</param>
    public static IReadOnlyList<string> Describe(ReadOnlyMemory<byte> details, ProtoSchema? types)
    {
        if (details.IsEmpty)
            return [];
        try
        {
            // From an array, as these classes are older than parsing from spans.
            return [.. Google.Rpc.Status.Parser.ParseFrom(details.ToArray()).Details.SelectMany(detail => Describe(detail, types))];
        }
        catch (InvalidProtocolBufferException)
        {
            return [$"{details.Length} bytes of details that are no google.rpc.Status: {Convert.ToBase64String(details.Span)}"];
        }
    }

    private static IEnumerable<string> Describe(Any detail, ProtoSchema? types) => Any.GetTypeName(detail.TypeUrl) switch
    {
        "google.rpc.ErrorInfo" => Describe(detail.Unpack<ErrorInfo>()),
        "google.rpc.BadRequest" => detail.Unpack<BadRequest>().FieldViolations.Select(violation => $"BadRequest: {violation.Field}: {violation.Description}"),
        "google.rpc.RetryInfo" => [Describe(detail.Unpack<RetryInfo>())],
        "google.rpc.DebugInfo" => Describe(detail.Unpack<DebugInfo>()),
        "google.rpc.QuotaFailure" => detail.Unpack<QuotaFailure>().Violations.Select(violation => $"QuotaFailure: {violation.Subject}: {violation.Description}"),
        "google.rpc.PreconditionFailure" => detail.Unpack<PreconditionFailure>().Violations.Select(
            violation => $"PreconditionFailure: {violation.Type} {violation.Subject}: {violation.Description}"),
        "google.rpc.RequestInfo" => [Describe(detail.Unpack<RequestInfo>())],
        "google.rpc.ResourceInfo" => [Describe(detail.Unpack<ResourceInfo>())],
        "google.rpc.Help" => detail.Unpack<Help>().Links.Select(link => $"Help: {link.Description}: {link.Url}"),
        "google.rpc.LocalizedMessage" => [$"LocalizedMessage: {detail.Unpack<LocalizedMessage>().Message} ({detail.Unpack<LocalizedMessage>().Locale})"],
        var name => [DescribeOther(name, detail, types)],
    };

    private static IEnumerable<string> Describe(ErrorInfo info)
    {
        // The field that is called "reason" today was called "type" when these classes were generated.
        yield return $"ErrorInfo: {info.Type}{(info.Domain.Length == 0 ? "" : $" of {info.Domain}")}";
        foreach (var (key, value) in info.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            yield return $"  {key}: {value}";
    }

    private static string Describe(RetryInfo info)
    {
        var seconds = (info.RetryDelay?.Seconds ?? 0) + ((info.RetryDelay?.Nanos ?? 0) / 1e9);
        return $"RetryInfo: try again after {seconds.ToString("0.###", CultureInfo.InvariantCulture)} s";
    }

    private static IEnumerable<string> Describe(DebugInfo info) => info.StackEntries.Select(entry => $"  {entry}").Prepend($"DebugInfo: {info.Detail}");

    private static string Describe(RequestInfo info) => $"RequestInfo: {info.RequestId}{(info.ServingData.Length == 0 ? "" : $", serving data {info.ServingData}")}";

    private static string Describe(ResourceInfo info) =>
        $"ResourceInfo: {info.ResourceType} {info.ResourceName}{(info.Owner.Length == 0 ? "" : $" of {info.Owner}")}: {info.Description}";

    private static string DescribeOther(string name, Any detail, ProtoSchema? types)
    {
        if ((types?.FindMessage(name) ?? ProtoSchema.WellKnownTypes.FindMessage(name)) is { } type)
        {
            try
            {
                return $"{name}: {ProtoJson.ToText(DynamicMessage.Parse(type, detail.Value.Span), new ProtoJsonOptions { Types = types })}";
            }
            catch (FormatException)
            {
                // Bytes that are not what their name says are shown as bytes.
            }
        }

        return $"{(name.Length == 0 ? detail.TypeUrl : name)}: {detail.Value.Length} bytes, base64 {detail.Value.ToBase64()}";
    }
}
