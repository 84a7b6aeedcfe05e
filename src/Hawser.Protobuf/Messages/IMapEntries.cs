using System.Collections;

namespace Hawser.Protobuf;

/// <summary>The entries of a map as objects, whatever their types.</summary>
internal interface IMapEntries
{
    IEnumerable<DictionaryEntry> Entries { get; }
}
