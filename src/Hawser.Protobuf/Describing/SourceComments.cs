using System.Collections.Immutable;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>The comments of a file by the paths that descriptors use: field numbers of <c>descriptor.proto</c> and positions in turn.</summary>
internal sealed class SourceComments
{
    // Field numbers of descriptor.proto.
    internal const int FileDependency = 3;
    internal const int FileMessage = 4;
    internal const int FileEnum = 5;
    internal const int FileService = 6;
    internal const int FileExtension = 7;
    internal const int MessageField = 2;
    internal const int MessageNested = 3;
    internal const int MessageEnum = 4;
    internal const int MessageExtension = 6;
    internal const int MessageOneof = 8;
    internal const int EnumValue = 2;
    internal const int ServiceMethod = 2;
    internal const int FilePackage = 2;
    internal const int FileSyntax = 12;
    internal const int FileEdition = 14;

    private readonly Dictionary<string, SourceCodeInfo.Types.Location> locations = new(StringComparer.Ordinal);

    internal SourceComments(FileSchema file)
    {
        foreach (var location in file.Proto.SourceCodeInfo?.Location ?? [])
            locations.TryAdd(Key(location.Path), location);
    }

    internal SourceCodeInfo.Types.Location? Find(ImmutableArray<int> path) => locations.GetValueOrDefault(Key(path));

    /// <summary>Where an element starts in the file, or null when nobody knows.</summary>
    internal (int Line, int Column)? PlaceOf(ImmutableArray<int> path) =>
        Find(path) is { Span: [var line, var column, ..] } ? (line, column) : null;

    /// <summary>What is written before an element or, when nothing is, behind it.</summary>
    internal string TextOf(ImmutableArray<int> path)
    {
        var location = Find(path);
        var text = location is null ? "" : location.LeadingComments.Length > 0 ? location.LeadingComments : location.TrailingComments;
        return string.Join('\n', text.Split('\n').Select(line => line.Trim())).Trim();
    }

    internal static ImmutableArray<int> PathOf(MessageSchema message) => message.ContainingType is { } parent
        ? PathOf(parent).AddRange(MessageNested, parent.NestedTypes.IndexOf(message))
        : [FileMessage, message.File.Messages.IndexOf(message)];

    internal static ImmutableArray<int> PathOf(EnumSchema type) => type.ContainingType is { } parent
        ? PathOf(parent).AddRange(MessageEnum, parent.Enums.IndexOf(type))
        : [FileEnum, type.File.Enums.IndexOf(type)];

    internal static ImmutableArray<int> PathOf(ServiceSchema service) => [FileService, service.File.Services.IndexOf(service)];

    private static string Key(IEnumerable<int> path) => string.Join('.', path);
}
