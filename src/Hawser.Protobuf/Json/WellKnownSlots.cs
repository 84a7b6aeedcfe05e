namespace Hawser.Protobuf;

/// <summary>The slots of the well-known types' fields: their places in the order of numbers. That a type has just these fields was checked when it was linked.</summary>
internal static class WellKnownSlots
{
    internal const int WrappedValue = 0;

    internal const int Seconds = 0;
    internal const int Nanos = 1;

    internal const int MaskPaths = 0;

    internal const int StructFields = 0;

    internal const int ListValues = 0;

    internal const int NullValue = 0;
    internal const int NumberValue = 1;
    internal const int StringValue = 2;
    internal const int BoolValue = 3;
    internal const int StructValue = 4;
    internal const int ListValue = 5;

    internal const int AnyTypeUrl = 0;
    internal const int AnyValue = 1;
}
