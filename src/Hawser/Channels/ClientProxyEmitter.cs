using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>Emits a class that implements an interface: each method hands its arguments to one delegate, which does the calling.</summary>
/// <remarks>
/// <c>sealed class Proxy(CallInvoker invoker, Delegate[] calls) : IService { Task M(A a) => ((Func&lt;CallInvoker, A, Task&gt;)calls[0])(invoker, a); }</c>,
/// with the casts done once, in the constructor.
/// </remarks>
internal static class ClientProxyEmitter
{
    private static readonly ConstructorInfo ObjectConstructor = typeof(object).GetConstructor([])!;

    internal static Type Emit(Type service, IReadOnlyList<(MethodInfo Method, Type Call)> methods)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName($"Hawser.Clients.{service.Name}"), AssemblyBuilderAccess.Run);
        AllowAccess(assembly, methods.SelectMany(method => AssembliesOf(method.Call)).Concat(AssembliesOf(service)));
        var proxy = assembly.DefineDynamicModule("Clients").DefineType(
            $"{TypeNames.WithoutArity(service.Name)}Client", TypeAttributes.Class | TypeAttributes.Public | TypeAttributes.Sealed, typeof(object), [service]);
        var invoker = proxy.DefineField("invoker", typeof(CallInvoker), FieldAttributes.Private | FieldAttributes.InitOnly);
        var calls = methods.Select((method, i) => proxy.DefineField($"call{i}", method.Call, FieldAttributes.Private | FieldAttributes.InitOnly)).ToList();
        EmitConstructor(proxy, invoker, calls);
        for (var i = 0; i < methods.Count; i++)
            EmitMethod(proxy, methods[i].Method, invoker, calls[i]);
        EmitDisposal(proxy, service);
        return proxy.CreateType();
    }

    private static void EmitConstructor(TypeBuilder proxy, FieldBuilder invoker, List<FieldBuilder> calls)
    {
        var code = proxy.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, [typeof(CallInvoker), typeof(Delegate[])]).GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Call, ObjectConstructor);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Stfld, invoker);
        for (var i = 0; i < calls.Count; i++)
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldarg_2);
            code.Emit(OpCodes.Ldc_I4, i);
            code.Emit(OpCodes.Ldelem_Ref);
            code.Emit(OpCodes.Castclass, calls[i].FieldType);
            code.Emit(OpCodes.Stfld, calls[i]);
        }

        code.Emit(OpCodes.Ret);
    }

    private static void EmitMethod(TypeBuilder proxy, MethodInfo method, FieldBuilder invoker, FieldBuilder call)
    {
        Type[] parameters = [.. method.GetParameters().Select(parameter => parameter.ParameterType)];
        var code = Override(proxy, method, parameters);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, call);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, invoker);
        for (var i = 1; i <= parameters.Length; i++)
            code.Emit(OpCodes.Ldarg, (short)i);
        code.Emit(OpCodes.Callvirt, call.FieldType.GetMethod("Invoke")!);
        code.Emit(OpCodes.Ret);
    }

    /// <summary>The connection is the invoker's: a client that is disposed does nothing.</summary>
    private static void EmitDisposal(TypeBuilder proxy, Type service)
    {
        if (typeof(IDisposable).IsAssignableFrom(service))
            Override(proxy, typeof(IDisposable).GetMethod(nameof(IDisposable.Dispose))!, []).Emit(OpCodes.Ret);
        if (!typeof(IAsyncDisposable).IsAssignableFrom(service))
            return;
        var code = Override(proxy, typeof(IAsyncDisposable).GetMethod(nameof(IAsyncDisposable.DisposeAsync))!, []);
        code.Emit(OpCodes.Ldloc, code.DeclareLocal(typeof(ValueTask)));
        code.Emit(OpCodes.Ret);
    }

    private static ILGenerator Override(TypeBuilder proxy, MethodInfo method, Type[] parameters)
    {
        // Explicit implementation, under a name that two inherited methods cannot share.
        var implementation = proxy.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            method.ReturnType,
            parameters);
        proxy.DefineMethodOverride(implementation, method);
        return implementation.GetILGenerator();
    }

    /// <summary>Lets the class see interfaces and messages that are not public where they are declared.</summary>
    private static void AllowAccess(AssemblyBuilder assembly, IEnumerable<Assembly> targets)
    {
        var attribute = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
        foreach (var name in targets.Append(typeof(CallInvoker).Assembly).Select(target => target.GetName().Name!).Distinct(StringComparer.Ordinal))
            assembly.SetCustomAttribute(new CustomAttributeBuilder(attribute, [name]));
    }

    private static IEnumerable<Assembly> AssembliesOf(Type type) =>
        type.GetGenericArguments().SelectMany(AssembliesOf).Append(type.Assembly).Concat(type.HasElementType ? AssembliesOf(type.GetElementType()!) : []);
}
