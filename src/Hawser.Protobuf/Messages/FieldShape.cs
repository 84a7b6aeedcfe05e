namespace Hawser.Protobuf;

/// <summary>How many values a field has.</summary>
internal enum FieldShape : byte
{
    Singular,
    Repeated,
    Map,
}
