using Google.Protobuf.Reflection;
using FileOptions = Google.Protobuf.Reflection.FileOptions;
using static Google.Protobuf.Reflection.FieldDescriptorProto.Types;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Hawser.Protobuf.Tests.Describing;

/// <summary>
/// Makes random files for the printer: scopes within scopes whose names hide each other, maps and groups between messages, options, defaults,
/// reserved numbers. What they hold does not matter, so that nothing here cares for encodings.
/// </summary>
internal sealed class RandomFiles(Random random)
{
    // Few, so that an inner name often hides an outer one.
    private static readonly string[] TypeNames = ["A", "B", "C", "D"];

    private readonly List<string> messages = [];
    private readonly List<string> enums = [];
    private readonly List<FieldDescriptorProto> messageFields = [];
    private readonly List<FieldDescriptorProto> enumFields = [];
    private readonly List<string> extendable = [];
    private string syntax = "";
    private int names;

    private bool IsProto2 => syntax == "proto2";

    private bool IsEditions => syntax == "editions";

    internal FileDescriptorProto Make(int index)
    {
        syntax = Pick("proto2", "proto3", "editions");
        var file = new FileDescriptorProto { Name = $"random{index}.proto", Package = Pick($"p{index}", $"p{index}.A", $"p{index}.B.A") };
        if (!IsProto2)
            file.Syntax = syntax;
        if (IsEditions)
        {
            file.Edition = Google.Protobuf.Reflection.Edition._2023;
            file.Options = new FileOptions { Features = new FeatureSet { RepeatedFieldEncoding = Pick(FeatureSet.Types.RepeatedFieldEncoding.Packed, FeatureSet.Types.RepeatedFieldEncoding.Expanded) } };
        }

        if (Once(3))
            (file.Options ??= new FileOptions()).JavaPackage = "a\"b\\c\n\u0001é";
        foreach (var name in TypeNames[..random.Next(1, 5)])
            file.MessageType.Add(Message(name, file.Package, 0));
        file.EnumType.Add(Enum("E", file.Package));
        for (var i = random.Next(3); i > 0 && extendable.Count > 0; i--)
            file.Extension.Add(Extension(file.MessageType, file.Package));
        file.Service.Add(Service());
        Resolve();
        return file;
    }

    private bool IsProto3 => syntax == "proto3";

    private DescriptorProto Message(string name, string scope, int depth)
    {
        var message = new DescriptorProto { Name = name };
        var fullName = $"{scope}.{name}";
        messages.Add(fullName);
        if (Once(4))
            message.Options = new MessageOptions { Deprecated = true };
        if (!IsProto3 && Once(3))
        {
            message.ExtensionRange.Add(new DescriptorProto.Types.ExtensionRange { Start = 1000, End = 2000 });
            extendable.Add(fullName);
        }

        if (Once(4))
        {
            message.ReservedRange.Add(new DescriptorProto.Types.ReservedRange { Start = 500, End = 501 });
            message.ReservedRange.Add(new DescriptorProto.Types.ReservedRange { Start = 600, End = message.ExtensionRange.Count > 0 ? 610 : 536_870_912 });
            message.ReservedName.Add(["gone", "lost"]);
        }

        var typeNames = new Queue<string>(TypeNames);
        for (var i = random.Next(8); i > 0; i--)
            AddMember(message, fullName, typeNames, depth);
        AddSyntheticOneofs(message);
        return message;
    }

    private void AddMember(DescriptorProto message, string fullName, Queue<string> typeNames, int depth)
    {
        switch (random.Next(7))
        {
            case 0 when depth < 3 && typeNames.TryDequeue(out var name):
                message.NestedType.Add(Message(name, fullName, depth + 1));
                break;
            case 1 when typeNames.TryDequeue(out var name):
                message.EnumType.Add(Enum(name, fullName));
                break;
            case 2:
                AddMap(message, fullName);
                break;
            case 3:
                AddOneof(message, fullName);
                break;
            case 4 when IsProto2:
                message.Field.Add(Group(message.NestedType, fullName));
                break;
            case 5 when extendable.Count > 0:
                message.Extension.Add(Extension(message.NestedType, fullName));
                break;
            default:
                message.Field.Add(Field(mayBeRepeated: true));
                break;
        }
    }

    private FieldDescriptorProto Field(bool mayBeRepeated)
    {
        var number = NextNumber();
        var field = new FieldDescriptorProto { Name = Pick($"f_{number}", $"F{number}", $"a_b_{number}"), Number = number, Label = Label.Optional };
        SetType(field);
        if (mayBeRepeated && Once(4))
            field.Label = Label.Repeated;
        else if (mayBeRepeated && IsProto2 && Once(5))
            field.Label = Label.Required;
        else if (mayBeRepeated && IsProto3 && Once(4))
            field.Proto3Optional = true;
        if (Once(6))
            field.JsonName = $"json \"{number}\"";
        if (Once(6))
            Options(field).Deprecated = true;
        if (IsEditions && field is { Type: Type.Message } && Once(3))
            Options(field).Features = new FeatureSet { MessageEncoding = FeatureSet.Types.MessageEncoding.Delimited };
        if (!IsProto3 && field.Label != Label.Repeated && Once(2))
            SetDefault(field);
        if (!IsEditions && field is { Label: Label.Repeated, Type: Type.Int32 })
            Options(field).Packed = Once(2);
        return field;
    }

    private void SetType(FieldDescriptorProto field)
    {
        do
            field.Type = (Type)random.Next(1, 19);
        while (field.Type == Type.Group);
        if (field.Type == Type.Message)
            messageFields.Add(field);
        else if (field.Type == Type.Enum)
            enumFields.Add(field);
    }

    private void SetDefault(FieldDescriptorProto field)
    {
        if (field.Type == Type.String)
            field.DefaultValue = "\t\"quoted\" \\ 'é' \u0007";
        else if (field.Type == Type.Bytes)
            field.DefaultValue = "\\000\\377\\\"\\'x";
        else if (field.Type == Type.Double)
            field.DefaultValue = Pick("inf", "-inf", "nan", "-1.5", "1e+100");
        else if (field.Type == Type.Sint64)
            field.DefaultValue = "-9223372036854775808";
        else if (field.Type == Type.Bool)
            field.DefaultValue = "true";
    }

    private void AddMap(DescriptorProto message, string fullName)
    {
        var number = NextNumber();
        var value = new FieldDescriptorProto { Name = "value", Number = 2, Label = Label.Optional, JsonName = "value" };
        SetType(value);
        message.NestedType.Add(new DescriptorProto
        {
            Name = $"F{number}Entry",
            Options = new MessageOptions { MapEntry = true },
            Field = { new FieldDescriptorProto { Name = "key", Number = 1, Label = Label.Optional, Type = Pick(Type.String, Type.Bool, Type.Sfixed64), JsonName = "key" }, value },
        });
        message.Field.Add(new FieldDescriptorProto { Name = $"f_{number}", Number = number, Label = Label.Repeated, Type = Type.Message, TypeName = $".{fullName}.F{number}Entry" });
    }

    private FieldDescriptorProto Group(IList<DescriptorProto> types, string scope)
    {
        var number = NextNumber();
        types.Add(new DescriptorProto { Name = $"G{number}", Field = { Field(mayBeRepeated: true) } });
        AddSyntheticOneofs(types[^1]);
        return new FieldDescriptorProto { Name = $"g{number}", Number = number, Label = Label.Optional, Type = Type.Group, TypeName = $".{scope}.G{number}" };
    }

    private void AddOneof(DescriptorProto message, string fullName)
    {
        var position = message.OneofDecl.Count;
        message.OneofDecl.Add(new OneofDescriptorProto { Name = $"o{NextNumber()}" });
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var field = IsProto2 && Once(4) ? Group(message.NestedType, fullName) : Field(mayBeRepeated: false);
            field.OneofIndex = position;
            message.Field.Add(field);
        }
    }

    private FieldDescriptorProto Extension(IList<DescriptorProto> types, string scope)
    {
        var field = IsProto2 && Once(4) ? Group(types, scope) : Field(mayBeRepeated: false);
        field.Extendee = "." + Pick([.. extendable]);
        field.Number += 1000;
        field.JsonName = Identifiers.ToJsonName(field.Name);
        return field;
    }

    private EnumDescriptorProto Enum(string name, string scope)
    {
        enums.Add($"{scope}.{name}");
        var type = new EnumDescriptorProto { Name = name, Value = { new EnumValueDescriptorProto { Name = $"V{NextNumber()}", Number = 0 } } };
        for (var i = random.Next(3); i > 0; i--)
            type.Value.Add(new EnumValueDescriptorProto { Name = $"V{NextNumber()}", Number = i == 1 ? -5 : i, Options = Once(3) ? new EnumValueOptions { Deprecated = true } : null });
        if (Once(3))
            type.ReservedRange.Add(new EnumDescriptorProto.Types.EnumReservedRange { Start = 10, End = Pick(10, 20, int.MaxValue) });
        return type;
    }

    private ServiceDescriptorProto Service()
    {
        var service = new ServiceDescriptorProto { Name = "S" };
        for (var i = random.Next(4); i > 0; i--)
        {
            var method = new MethodDescriptorProto { Name = Pick("A", "B") + i, InputType = "." + Pick([.. messages]), OutputType = "." + Pick([.. messages]) };
            if (Once(2))
                method.ClientStreaming = true;
            if (Once(2))
                method.ServerStreaming = true;
            if (Once(3))
                method.Options = new MethodOptions { Deprecated = true };
            service.Method.Add(method);
        }

        return service;
    }

    private void Resolve()
    {
        foreach (var field in messageFields)
            field.TypeName = "." + Pick([.. messages]);
        foreach (var field in enumFields)
            field.TypeName = "." + Pick([.. enums]);
    }

    private static void AddSyntheticOneofs(DescriptorProto message)
    {
        foreach (var field in message.Field.Where(field => field.Proto3Optional))
        {
            field.OneofIndex = message.OneofDecl.Count;
            message.OneofDecl.Add(new OneofDescriptorProto { Name = $"_{field.Name}" });
        }
    }

    private static FieldOptions Options(FieldDescriptorProto field) => field.Options ??= new FieldOptions();

    private int NextNumber() => ++names;

    private bool Once(int times) => random.Next(times) == 0;

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
