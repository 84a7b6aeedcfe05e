namespace Hawser.Protobuf;

/// <summary>Every named element of a schema by its full name.</summary>
internal sealed class SymbolTable
{
    private readonly Dictionary<string, (object Element, FileSchema File)> symbols = new(StringComparer.Ordinal);

    internal void Declare(FileSchema file)
    {
        foreach (var message in file.Messages)
            Declare(file, message);
        foreach (var type in file.Enums)
            Declare(file, type);
        foreach (var extension in file.Extensions)
            Add(extension.FullName, extension, file);
        foreach (var service in file.Services)
        {
            Add(service.FullName, service, file);
            foreach (var method in service.Methods)
                Add(Identifiers.Join(service.FullName, method.Name), method, file);
        }
    }

    internal object? Find(string fullName) => symbols.TryGetValue(fullName, out var symbol) ? symbol.Element : null;

    internal FileSchema? FindFile(string fullName) => symbols.TryGetValue(fullName, out var symbol) ? symbol.File : null;

    internal T Resolve<T>(string name, FileSchema file, string scope, string who)
        where T : class =>
        Resolve(name, file, scope, who) as T
            ?? throw new SchemaException($"{file.Name}: {who} names '{name.TrimStart('.')}', which is not a message.");

    /// <summary>Finds what a name means in a scope: with a leading dot exactly that, else the innermost one that fits.</summary>
    internal object Resolve(string name, FileSchema file, string scope, string who)
    {
        var found = Search(name, scope)
            ?? throw new SchemaException($"{file.Name}: {who} names '{name.TrimStart('.')}', which is not declared in the file or in what it imports.");
        if (!file.Sees(found.File))
            throw new SchemaException($"{file.Name}: {who} names '{name.TrimStart('.')}', which is declared in {found.File.Name}, and {file.Name} does not import that.");
        return found.Element;
    }

    private (object Element, FileSchema File)? Search(string name, string scope)
    {
        if (name.StartsWith('.'))
            return symbols.TryGetValue(name[1..], out var exact) ? exact : null;
        while (true)
        {
            if (symbols.TryGetValue(Identifiers.Join(scope, name), out var symbol))
                return symbol;
            if (scope.Length == 0)
                return null;
            scope = scope[..Math.Max(scope.LastIndexOf('.'), 0)];
        }
    }

    private void Declare(FileSchema file, MessageSchema message)
    {
        Add(message.FullName, message, file);
        foreach (var field in message.Fields)
            Add(field.FullName, field, file);
        foreach (var oneof in message.Oneofs)
            Add(oneof.FullName, oneof, file);
        foreach (var extension in message.DeclaredExtensions)
            Add(extension.FullName, extension, file);
        foreach (var nested in message.NestedTypes)
            Declare(file, nested);
        foreach (var type in message.Enums)
            Declare(file, type);
    }

    private void Declare(FileSchema file, EnumSchema type)
    {
        Add(type.FullName, type, file);
        foreach (var value in type.Values)
            Add(value.FullName, value, file);
    }

    private void Add(string fullName, object element, FileSchema file)
    {
        if (!symbols.TryAdd(fullName, (element, file)))
        {
            var first = symbols[fullName].File;
            throw new SchemaException(first == file
                ? $"{file.Name}: '{fullName}' is declared twice."
                : $"{file.Name}: '{fullName}' is declared in {first.Name} already.");
        }
    }
}
