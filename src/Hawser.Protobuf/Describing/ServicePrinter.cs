using System.Collections.Immutable;

namespace Hawser.Protobuf;

/// <summary>Writes services and their methods.</summary>
internal sealed class ServicePrinter(PrintContext context)
{
    internal void Print(ServiceSchema service, ImmutableArray<int> path)
    {
        context.Leading(path);
        context.Lines.Begin($"service {service.Name}");
        context.Trailing(path);
        context.OptionStatements(service.Proto.Options, service.FullName);
        for (var i = 0; i < service.Methods.Length; i++)
            Print(service.Methods[i], path.AddRange(SourceComments.ServiceMethod, i));
        context.Lines.End();
    }

    internal void Print(MethodSchema method, ImmutableArray<int> path)
    {
        context.Leading(path);
        var scope = method.Service.FullName;
        var input = (method.ClientStreaming ? "stream " : "") + context.Reference(method.Input.FullName, scope);
        var output = (method.ServerStreaming ? "stream " : "") + context.Reference(method.Output.FullName, scope);
        var line = $"rpc {method.Name}({input}) returns ({output})";
        if (method.Proto.Options is null)
        {
            context.Lines.Line(line + ";");
            context.Trailing(path);
            return;
        }

        context.Lines.Begin(line);
        context.Trailing(path);
        context.OptionStatements(method.Proto.Options, $"{scope}.{method.Name}");
        context.Lines.End();
    }
}
