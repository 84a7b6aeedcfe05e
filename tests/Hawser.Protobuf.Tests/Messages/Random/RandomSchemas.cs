using Google.Protobuf.Reflection;
using static Google.Protobuf.Reflection.FieldDescriptorProto.Types;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Hawser.Protobuf.Tests;

/// <summary>Makes random files: proto2, proto3 or edition 2023; messages with fields of all kinds and shapes that refer to each other, and an enum.</summary>
internal sealed class RandomSchemas(Random random)
{
    private static readonly Type[] KeyTypes =
    [
        Type.Int64, Type.Uint64, Type.Int32, Type.Fixed64, Type.Fixed32, Type.Bool, Type.String, Type.Uint32, Type.Sfixed32, Type.Sfixed64, Type.Sint32, Type.Sint64,
    ];

    private string syntax = "";

    private bool IsProto2 => syntax == "proto2";

    internal FileDescriptorProto Make()
    {
        syntax = new[] { "proto2", "proto3", "editions" }[random.Next(3)];
        var file = new FileDescriptorProto { Name = "random.proto", Package = "random", Syntax = syntax };
        if (syntax == "editions")
        {
            file.Edition = Google.Protobuf.Reflection.Edition._2023;
            file.Options = new Google.Protobuf.Reflection.FileOptions { Features = RandomFileFeatures() };
        }

        file.EnumType.Add(new EnumDescriptorProto
        {
            Name = "Choice",
            Value =
            {
                new EnumValueDescriptorProto { Name = "NONE", Number = 0 },
                new EnumValueDescriptorProto { Name = "ONE", Number = 1 },
                new EnumValueDescriptorProto { Name = "LESS", Number = -7 },
                new EnumValueDescriptorProto { Name = "MUCH", Number = int.MaxValue },
            },
        });
        var count = random.Next(1, 4);
        for (var i = 0; i < count; i++)
            file.MessageType.Add(Message($"M{i}", count));
        if (syntax != "proto3" && random.Next(2) == 0)
            AddExtensions(file);
        return file;
    }

    private FeatureSet RandomFileFeatures()
    {
        var features = new FeatureSet();
        if (random.Next(2) == 0)
            features.FieldPresence = FeatureSet.Types.FieldPresence.Implicit;
        if (random.Next(2) == 0)
            features.RepeatedFieldEncoding = FeatureSet.Types.RepeatedFieldEncoding.Expanded;
        return features;
    }

    private DescriptorProto Message(string name, int messages)
    {
        var message = new DescriptorProto { Name = name };
        var numbers = new HashSet<int>();
        if (random.Next(2) == 0)
            message.OneofDecl.Add(new OneofDescriptorProto { Name = "choice" });
        for (var i = random.Next(1, random.Next(4) == 0 ? 90 : 20); i > 0; i--)
        {
            var number = random.Next(5) == 0 ? random.Next(1, 18_000) : random.Next(1, 120);
            if (numbers.Add(number))
                AddField(message, number, messages);
        }

        // protoc wants the members of a oneof next to each other.
        var ordered = message.Field.OrderBy(field => field.HasOneofIndex).ToArray();
        message.Field.Clear();
        message.Field.Add(ordered);
        AddOneofs(message);
        return message;
    }

    private void AddField(DescriptorProto message, int number, int messages)
    {
        var field = new FieldDescriptorProto { Name = $"f_{number}", Number = number, Label = Label.Optional };
        message.Field.Add(field);
        if (random.Next(8) == 0)
        {
            AddMap(message, field, messages);
            return;
        }

        SetType(field, (Type)random.Next(1, 19), messages);
        if (field.Type == Type.Group)
            AddGroup(message, field);
        if (random.Next(3) == 0)
            MakeRepeated(field);
        else if (message.OneofDecl.Count > 0 && random.Next(4) == 0)
            field.OneofIndex = 0;
        else if (IsProto2 && field.Type is not (Type.Message or Type.Group) && random.Next(10) == 0)
            field.Label = Label.Required;
        else if (syntax == "editions" && field.Type is not (Type.Message or Type.Group) && random.Next(4) == 0)
            Features(field).FieldPresence = FeatureSet.Types.FieldPresence.Explicit;
        else if (syntax == "proto3" && random.Next(3) == 0)
            field.Proto3Optional = true;
        if (syntax == "editions" && field.Type == Type.Message && random.Next(3) == 0)
            Features(field).MessageEncoding = FeatureSet.Types.MessageEncoding.Delimited;
    }

    private void SetType(FieldDescriptorProto field, Type type, int messages)
    {
        field.Type = type == Type.Group && !IsProto2 ? Type.Message : type;
        if (field.Type == Type.Message)
            field.TypeName = $".random.M{random.Next(messages)}";
        else if (field.Type == Type.Enum)
            field.TypeName = ".random.Choice";
    }

    private static void AddGroup(DescriptorProto message, FieldDescriptorProto field)
    {
        var group = new DescriptorProto { Name = $"G{field.Number}" };
        group.Field.Add(new FieldDescriptorProto { Name = "inside", Number = field.Number % 100 + 1, Label = Label.Optional, Type = Type.Sint64 });
        message.NestedType.Add(group);
        field.Name = $"g{field.Number}";
        field.TypeName = $".random.{message.Name}.{group.Name}";
    }

    private void AddMap(DescriptorProto message, FieldDescriptorProto field, int messages)
    {
        var entry = new DescriptorProto { Name = $"F{field.Number}Entry", Options = new MessageOptions { MapEntry = true } };
        var value = new FieldDescriptorProto { Name = "value", Number = 2, Label = Label.Optional };
        Type type;
        do
            type = (Type)random.Next(1, 19);
        while (type == Type.Group);
        SetType(value, type, messages);
        entry.Field.Add(new FieldDescriptorProto { Name = "key", Number = 1, Label = Label.Optional, Type = KeyTypes[random.Next(KeyTypes.Length)] });
        entry.Field.Add(value);
        message.NestedType.Add(entry);
        field.Label = Label.Repeated;
        field.Type = Type.Message;
        field.TypeName = $".random.{message.Name}.{entry.Name}";
    }

    private void MakeRepeated(FieldDescriptorProto field)
    {
        field.Label = Label.Repeated;
        if (field.Type is Type.String or Type.Bytes or Type.Message or Type.Group || random.Next(2) == 0)
            return;
        if (syntax == "editions")
            Features(field).RepeatedFieldEncoding = random.Next(2) == 0 ? FeatureSet.Types.RepeatedFieldEncoding.Packed : FeatureSet.Types.RepeatedFieldEncoding.Expanded;
        else
            field.Options = new FieldOptions { Packed = random.Next(2) == 0 };
    }

    // A real oneof has members; the synthetic ones of optional fields stand behind it.
    private static void AddOneofs(DescriptorProto message)
    {
        if (message.OneofDecl.Count > 0 && !message.Field.Any(field => field.HasOneofIndex))
            message.OneofDecl.Clear();
        foreach (var field in message.Field.Where(field => field.Proto3Optional))
        {
            field.OneofIndex = message.OneofDecl.Count;
            message.OneofDecl.Add(new OneofDescriptorProto { Name = $"_{field.Name}" });
        }
    }

    private void AddExtensions(FileDescriptorProto file)
    {
        file.MessageType[0].ExtensionRange.Add(new DescriptorProto.Types.ExtensionRange { Start = 20_000, End = 20_100 });
        for (var i = 0; i < 3; i++)
        {
            var extension = new FieldDescriptorProto { Name = $"e_{i}", Number = 20_000 + random.Next(30) + (i * 30), Label = Label.Optional, Extendee = ".random.M0" };
            SetType(extension, (Type)random.Next(11, 19), file.MessageType.Count);
            if (random.Next(2) == 0)
                MakeRepeated(extension);
            file.Extension.Add(extension);
        }
    }

    private static FeatureSet Features(FieldDescriptorProto field)
    {
        field.Options ??= new FieldOptions();
        return field.Options.Features ??= new FeatureSet();
    }
}
