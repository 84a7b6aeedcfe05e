using System.Collections.Immutable;
using static Hawser.Protobuf.SourceComments;

namespace Hawser.Protobuf;

/// <summary>Writes a whole file.</summary>
internal sealed class FilePrinter(PrintContext context)
{
    internal string Print(FileSchema file)
    {
        var lines = context.Lines;
        context.Leading([file.Edition < Edition.Edition2023 ? FileSyntax : FileEdition]);
        lines.Line(file.Edition switch
        {
            Edition.Proto2 => "syntax = \"proto2\";",
            Edition.Proto3 => "syntax = \"proto3\";",
            _ => $"edition = \"{file.Edition.ToString()["Edition".Length..]}\";",
        });
        lines.Blank();
        if (file.Package.Length > 0)
        {
            context.Leading([FilePackage]);
            lines.Line($"package {file.Package};");
            context.Trailing([FilePackage]);
            lines.Blank();
        }

        PrintImports(file);
        context.OptionStatements(file.Proto.Options, file.Package);
        foreach (var declaration in Declarations(file))
        {
            lines.Blank();
            declaration.Print();
        }

        return lines.ToString();
    }

    private void PrintImports(FileSchema file)
    {
        for (var i = 0; i < file.Proto.Dependency.Count; i++)
        {
            context.Leading([FileDependency, i]);
            var modifier = file.Proto.PublicDependency.Contains(i) ? "public " : file.Proto.WeakDependency.Contains(i) ? "weak " : "";
            context.Lines.Line($"import {modifier}{ProtoLiteral.Quote(file.Proto.Dependency[i])};");
        }

        context.Lines.Blank();
    }

    private IEnumerable<DeclarationOrder.Declaration> Declarations(FileSchema file)
    {
        var messages = new MessagePrinter(context);
        var extensions = new ExtensionPrinter(context, messages);
        var enums = new EnumPrinter(context);
        var services = new ServicePrinter(context);
        var groups = file.Extensions.Select(MessagePrinter.GroupOf).OfType<MessageSchema>().ToHashSet();
        return DeclarationOrder.Of(
            [],
            extensions.Declarations(file.Extensions, file.Messages, [FileExtension], file.Package),
            file.Messages.Select((message, i) => (message, i)).Where(pair => !groups.Contains(pair.message)).Select(pair =>
                At([FileMessage, pair.i], [pair.i], path => messages.Print(pair.message, path))),
            [
                .. file.Enums.Select((type, i) => At([FileEnum, i], [], path => enums.Print(type, path))),
                .. file.Services.Select((service, i) => At([FileService, i], [], path => services.Print(service, path))),
            ]);
    }

    private DeclarationOrder.Declaration At(ImmutableArray<int> path, IReadOnlyList<int> types, Action<ImmutableArray<int>> print) =>
        new(() => print(path), types, context.Comments.PlaceOf(path));
}
