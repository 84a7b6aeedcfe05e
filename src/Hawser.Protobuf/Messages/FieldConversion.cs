using System.Runtime.CompilerServices;
using System.Text;

namespace Hawser.Protobuf;

/// <summary>Between the stored form of one value and .NET's types.</summary>
internal static class FieldConversion
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static Type TypeOf(FieldKind kind) => kind switch
    {
        FieldKind.Double => typeof(double),
        FieldKind.Float => typeof(float),
        FieldKind.Int64 or FieldKind.SFixed64 or FieldKind.SInt64 => typeof(long),
        FieldKind.UInt64 or FieldKind.Fixed64 => typeof(ulong),
        FieldKind.Int32 or FieldKind.SFixed32 or FieldKind.SInt32 or FieldKind.Enum => typeof(int),
        FieldKind.UInt32 or FieldKind.Fixed32 => typeof(uint),
        FieldKind.Bool => typeof(bool),
        FieldKind.String => typeof(string),
        FieldKind.Bytes => typeof(ReadOnlyMemory<byte>),
        _ => typeof(DynamicMessage),
    };

    internal static bool IsTypeOf<T>(FieldPlan plan) =>
        typeof(T) == plan.ValueType || (typeof(T) == typeof(ReadOnlyMemory<byte>) && plan.Kind == FieldKind.String);

    /// <summary>Refuses a type argument that the field's values do not have.</summary>
    internal static void RequireType<T>(FieldPlan plan)
    {
        if (!IsTypeOf<T>(plan))
            throw new ArgumentException($"The field '{plan.Schema.FullName}' holds {plan.ValueType.Name}, not {typeof(T).Name}.");
    }

    // The branches are decided when the method is compiled for T: nothing is boxed.
    internal static T To<T>(in FieldValue value)
    {
        if (typeof(T) == typeof(int))
            return As<int, T>((int)value.Bits);
        if (typeof(T) == typeof(long))
            return As<long, T>(value.Bits);
        if (typeof(T) == typeof(uint))
            return As<uint, T>((uint)value.Bits);
        if (typeof(T) == typeof(ulong))
            return As<ulong, T>((ulong)value.Bits);
        if (typeof(T) == typeof(bool))
            return As<bool, T>(value.Bits != 0);
        if (typeof(T) == typeof(double))
            return As<double, T>(value.AsDouble());
        if (typeof(T) == typeof(float))
            return As<float, T>(value.AsSingle());
        if (typeof(T) == typeof(ReadOnlyMemory<byte>))
            return As<ReadOnlyMemory<byte>, T>(value.Memory);
        if (typeof(T) == typeof(string))
            return (T)(object)value.Text;
        return (T)value.Reference!;
    }

    internal static FieldValue From<T>(FieldPlan plan, T value)
    {
        if (typeof(T) == typeof(int))
            return new FieldValue((long)As<T, int>(value));
        if (typeof(T) == typeof(long))
            return new FieldValue(As<T, long>(value));
        if (typeof(T) == typeof(uint))
            return new FieldValue((long)As<T, uint>(value));
        if (typeof(T) == typeof(ulong))
            return new FieldValue((long)As<T, ulong>(value));
        if (typeof(T) == typeof(bool))
            return FieldValue.Of(As<T, bool>(value));
        if (typeof(T) == typeof(double))
            return FieldValue.Of(As<T, double>(value));
        if (typeof(T) == typeof(float))
            return FieldValue.Of(As<T, float>(value));
        if (typeof(T) == typeof(ReadOnlyMemory<byte>))
            return FromBytes(plan, As<T, ReadOnlyMemory<byte>>(value));
        ArgumentNullException.ThrowIfNull(value);
        return typeof(T) == typeof(string) ? FromText(plan, (string)(object)value) : FromMessage(plan, (DynamicMessage)(object)value);
    }

    internal static object ToObject(FieldPlan plan, in FieldValue value) => plan.Kind switch
    {
        FieldKind.Double => value.AsDouble(),
        FieldKind.Float => value.AsSingle(),
        FieldKind.Int64 or FieldKind.SFixed64 or FieldKind.SInt64 => value.Bits,
        FieldKind.UInt64 or FieldKind.Fixed64 => (ulong)value.Bits,
        FieldKind.Int32 or FieldKind.SFixed32 or FieldKind.SInt32 or FieldKind.Enum => (int)value.Bits,
        FieldKind.UInt32 or FieldKind.Fixed32 => (uint)value.Bits,
        FieldKind.Bool => value.Bits != 0,
        FieldKind.String => value.Text,
        FieldKind.Bytes => value.Memory,
        _ => value.Reference!,
    };

    internal static FieldValue FromObject(FieldPlan plan, object value) => (plan.Kind, value) switch
    {
        (FieldKind.Double, double number) => FieldValue.Of(number),
        (FieldKind.Float, float number) => FieldValue.Of(number),
        (FieldKind.Int64 or FieldKind.SFixed64 or FieldKind.SInt64, long number) => new FieldValue(number),
        (FieldKind.UInt64 or FieldKind.Fixed64, ulong number) => new FieldValue((long)number),
        (FieldKind.Int32 or FieldKind.SFixed32 or FieldKind.SInt32 or FieldKind.Enum, int number) => new FieldValue((long)number),
        (FieldKind.UInt32 or FieldKind.Fixed32, uint number) => new FieldValue((long)number),
        (FieldKind.Bool, bool truth) => FieldValue.Of(truth),
        (FieldKind.String, string text) => FromText(plan, text),
        (FieldKind.String or FieldKind.Bytes, ReadOnlyMemory<byte> bytes) => FromBytes(plan, bytes),
        (FieldKind.Bytes, byte[] bytes) => FromBytes(plan, bytes),
        (FieldKind.Enum, string name) => new FieldValue((long)(plan.Schema.EnumType!.FindValue(name)
            ?? throw new ArgumentException($"The enum '{plan.Schema.EnumType.FullName}' has no value '{name}'.", nameof(value))).Number),
        (FieldKind.Message or FieldKind.Group, DynamicMessage message) => FromMessage(plan, message),
        _ => throw new ArgumentException($"The field '{plan.Schema.FullName}' holds {plan.ValueType.Name}, not {value.GetType().Name}."),
    };

    private static FieldValue FromText(FieldPlan plan, string text)
    {
        try
        {
            var bytes = StrictUtf8.GetBytes(text);
            return new FieldValue(bytes, 0, bytes.Length);
        }
        catch (EncoderFallbackException failure)
        {
            throw new ArgumentException($"The field '{plan.Schema.FullName}' cannot hold a text with half a surrogate pair.", nameof(text), failure);
        }
    }

    private static FieldValue FromBytes(FieldPlan plan, ReadOnlyMemory<byte> bytes)
    {
        if (plan.ValidatesUtf8 && plan.Kind == FieldKind.String && !System.Text.Unicode.Utf8.IsValid(bytes.Span))
            throw new ArgumentException($"The field '{plan.Schema.FullName}' cannot hold bytes that are not UTF-8.", nameof(bytes));
        var copy = bytes.ToArray();
        return new FieldValue(copy, 0, copy.Length);
    }

    private static FieldValue FromMessage(FieldPlan plan, DynamicMessage message)
    {
        if (!ReferenceEquals(message.Schema, plan.Schema.MessageType))
        {
            throw new ArgumentException(
                $"The field '{plan.Schema.FullName}' holds messages of type '{plan.Schema.MessageType!.FullName}', not '{message.Schema.FullName}'.", nameof(message));
        }

        return new FieldValue(message);
    }

    private static TTo As<TFrom, TTo>(TFrom value) => Unsafe.As<TFrom, TTo>(ref value);
}
